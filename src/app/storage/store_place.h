#pragma once
#include "adapter/sql/stores.h"
#include "app/config.h"

namespace orgo {

/// Where the stores of this configuration are. To write: as a server does, which owns the data folder.
SqlStoreOptions store_place(const Config& config);
/// The same, as a node beside which others may serve.
SqlStoreOptions to_serve(const Config& config);
/// The same, to read beside a running server.
SqlStoreOptions to_read(SqlStoreOptions place);

}  // namespace orgo
