list(APPEND sources rate_model_test.cpp rate_test.cpp state_model_test.cpp state_test.cpp)
