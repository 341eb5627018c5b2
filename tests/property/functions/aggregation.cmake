list(APPEND sources aggregate_hard_cases_test.cpp aggregate_test.cpp aggregation_forgery_test.cpp cardinality_test.cpp quantile_test.cpp top_k_test.cpp)
