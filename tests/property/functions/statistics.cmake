list(APPEND sources
  correlate_test.cpp
  moving_stats_test.cpp
  sorted_values_test.cpp)
