// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "host_facts.h"

#include <QString>

namespace lathe::hosts {

struct HostView;

// How hosts are put into words and colours, the same in list, tab and status bar.
QString stateToken(const HostView& view);     // "success", "warn", "error", "text.3"
QString stateWords(const HostView& view);     // "18 ms", "this computer", "offline", "connection lost"
QString devicesText(const HostFacts& facts);  // "8 × H200", or the processor
QString memoryText(const HostFacts& facts);   // "545 / 1128 GB"
QString factsLine(const HostFacts& facts);
QString coresText(int cores);                // "128 cores"
QString gigabytes(double bytes);
QString hostSentence(const HostView& view);   // for screen readers and tooltips
QString durationWords(double seconds);        // "41 days", "3 h 12 m"

} // namespace lathe::hosts
