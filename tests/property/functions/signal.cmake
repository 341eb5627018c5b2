list(APPEND sources resample_test.cpp)
