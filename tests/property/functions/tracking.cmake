list(APPEND sources rate_test.cpp state_test.cpp)
