#include "base/influxdb/access_options.hpp"

namespace kapacitor {

void add_access(option_group& group, login& who, tls_settings& tls) {
  group.add("user", text_value("NAME", who.user),
            "of InfluxDB (INFLUX_USERNAME); its password: --password-file");
  group.add("password-file", text_value("FILE", who.password_file), "one line (INFLUX_PASSWORD)");
  group.add("token-file", text_value("FILE", who.token_file), "one line (INFLUX_TOKEN)");
  group.add("tls-ca", text_value("FILE", tls.ca), "certificates to trust with https")
      .by_default("the system's");
  group.add("tls-cert", text_value("FILE", tls.cert), "our own certificate, with its chain");
  group.add("tls-key", text_value("FILE", tls.key), "and its key");
  group.add("insecure-skip-verify", toggle_value(tls.skip_verify),
            "trust any certificate: whoever answers reads it all");
}

}  // namespace kapacitor
