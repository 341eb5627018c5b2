// Telegraf with the plugins that the tests use.
module kapacitor-udf/tests/real/telegraf

go 1.25.5

require github.com/influxdata/telegraf v1.37.2
