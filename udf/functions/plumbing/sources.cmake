target_sources(kapacitor_udf_functions PRIVATE
  plumbing/family.cpp
  plumbing/identity.cpp)
