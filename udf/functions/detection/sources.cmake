target_sources(kapacitor_udf_functions PRIVATE
  detection/family.cpp
  detection/outliers.cpp)
