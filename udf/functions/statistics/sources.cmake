target_sources(kapacitor_udf_functions PRIVATE
  statistics/family.cpp
  statistics/ewma.cpp
  statistics/moving_average.cpp)
