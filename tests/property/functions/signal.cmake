list(APPEND sources filter_test.cpp resample_test.cpp spectrum_test.cpp)
