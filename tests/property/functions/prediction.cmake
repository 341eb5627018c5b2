list(APPEND sources forecast_test.cpp time_to_test.cpp)
