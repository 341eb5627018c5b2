target_sources(kapacitor_udf_functions PRIVATE
  enrichment/family.cpp)
