list(APPEND sources enrich_test.cpp)
