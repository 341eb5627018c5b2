target_sources(kapacitor_udf_functions PRIVATE
  signal/family.cpp)
