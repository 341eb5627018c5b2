list(APPEND sources sorted_values_test.cpp)
