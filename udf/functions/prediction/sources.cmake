target_sources(kapacitor_udf_functions PRIVATE
  prediction/family.cpp)
