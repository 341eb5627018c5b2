list(APPEND sources outlier_score_test.cpp)
