#include "base/influxdb/authorization.hpp"
#include "base/influxdb/gzip.hpp"
#include "cli/flags.hpp"

namespace kapacitor::generator {

void add_access_flags(CLI::App& app, settings& s, flag_texts& t) {
  flags f(app, "Access");
  f.string("--user", "NAME", "of InfluxDB (INFLUX_USERNAME); its password: --password-file",
           t.user);
  f.string("--password-file", "FILE", "one line (INFLUX_PASSWORD)", t.password_file);
  f.string("--token-file", "FILE", "one line (INFLUX_TOKEN)", t.token_file);
  f.string("--tls-ca", "FILE", "certificates to trust with https (the system's)", s.tls.ca);
  f.string("--tls-cert", "FILE", "our own certificate, with its chain", s.tls.cert);
  f.string("--tls-key", "FILE", "and its key", s.tls.key);
  f.flag("--insecure-skip-verify", "trust any certificate: whoever answers reads it all",
         [&s] { s.tls.skip_verify = true; });
  f.option("--gzip", "off|1..9", "compress requests: 1 fast, 9 small (off)",
           [&s](const std::string& level) { s.gzip = parse_gzip_level(level); });
}

void finish_access(settings& s, const flag_texts& t) {
  check_tls(s.tls);
  s.authorization = authorization_of({t.user, t.password_file, t.token_file});
}

}  // namespace kapacitor::generator
