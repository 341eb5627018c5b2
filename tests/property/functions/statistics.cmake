list(APPEND sources ewma_model_test.cpp ewma_test.cpp)
