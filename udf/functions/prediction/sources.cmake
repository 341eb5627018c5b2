target_sources(kapacitor_udf_functions PRIVATE
  prediction/family.cpp
  prediction/forecast.cpp
  prediction/holt_winters.cpp
  prediction/sliding_line.cpp
  prediction/time_to.cpp)
