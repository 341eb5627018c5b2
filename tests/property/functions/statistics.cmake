list(APPEND sources ewma_test.cpp)
