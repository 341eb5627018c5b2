list(APPEND sources
  correlate_test.cpp
  moving_stats_test.cpp
  sorted_values_test.cpp)
list(APPEND sources ewma_model_test.cpp ewma_test.cpp)
