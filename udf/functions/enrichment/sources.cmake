target_sources(kapacitor_udf_functions PRIVATE
  enrichment/cell_type.cpp
  enrichment/csv.cpp
  enrichment/enrich.cpp
  enrichment/family.cpp
  enrichment/lookup_table.cpp
  enrichment/table_file.cpp)
