target_sources(kapacitor_udf_functions PRIVATE
  statistics/correlate.cpp
  statistics/ewma.cpp
  statistics/family.cpp
  statistics/moving_average.cpp
  statistics/moving_slope.cpp
  statistics/moving_stats.cpp
  statistics/statistic.cpp
  statistics/window_statistics.cpp)
