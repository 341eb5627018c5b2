target_sources(kapacitor_udf_functions PRIVATE
  aggregation/family.cpp)
