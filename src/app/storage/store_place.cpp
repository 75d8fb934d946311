#include "app/storage/store_place.h"

namespace orgo {

SqlStoreOptions store_place(const Config& config) {
  SqlStoreOptions place;
  place.folder = *config.data.dir;
  place.database = *config.database.url;
  place.password = *config.database.password;
  place.mails = *config.files.store;
  place.node = config.node.name_or_host();
  return place;
}

SqlStoreOptions to_serve(const Config& config) {
  auto place = store_place(config);
  place.among_nodes = true;
  place.pool = *config.database.pool_url;
  return place;
}

SqlStoreOptions to_read(SqlStoreOptions place) {
  place.read_only = true;
  return place;
}

}  // namespace orgo
