target_sources(kapacitor_udf_functions PRIVATE
  tracking/family.cpp)
