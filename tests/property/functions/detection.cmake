list(APPEND sources outlier_score_test.cpp)
list(APPEND sources change_point_test.cpp)
list(APPEND sources change_point_hard_test.cpp)
list(APPEND sources batch_test_test.cpp)
