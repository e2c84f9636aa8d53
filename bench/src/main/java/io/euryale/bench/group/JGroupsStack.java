package io.euryale.bench.group;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// The protocol stacks of JGroups that are measured, as JGroups' XML.
final class JGroupsStack {

  private JGroupsStack() {}

  /// The stack of one member.
  ///
  /// @param udp whether over UDP with IP multicast, else over TCP
  /// @param quick whether it looks for failures as quickly as Euryale
  static String of(Seat seat, boolean udp, boolean quick) {
    return "<config xmlns=\"urn:org:jgroups\">\n"
        + (udp ? udpTransport(seat) : tcpTransport(seat))
        + failureDetection(quick)
        + "<pbcast.NAKACK2 "
        + (udp ? "" : "use_mcast_xmit=\"false\" ")
        + "xmit_interval=\"0.5s\"/>\n"
        + """
        <UNICAST3 xmit_interval="0.5s"/>
        <pbcast.STABLE desired_avg_gossip="50s" max_bytes="8M"/>
        <pbcast.GMS print_local_addr="false" join_timeout="1s"/>
        <SEQUENCER/>
        <UFC max_credits="4M" min_threshold="0.4"/>
        <MFC max_credits="4M" min_threshold="0.4"/>
        <FRAG2 frag_size="60K"/>
        </config>
        """;
  }

  private static String common() {
    return """
      bundler_type="pd"
      bundler.max_size="64K"
      bundler.capacity="16k"
      bundler.use_single_sender_thread="true"
      bundler.use_ringbuffer="true"
      message_processing_policy="max"
      diag.enabled="false"
      stats="false"
      thread_pool.min_threads="0"
      thread_pool.max_threads="200"
      thread_pool.keep_alive_time="60s"
      use_virtual_threads="true"/>
    """;
  }

  private static String udpTransport(Seat seat) {
    return """
    <UDP bind_addr="%s" bind_port="%d" port_range="0"
      mcast_addr="239.8.8.8" mcast_port="%d" ip_ttl="0"
      ucast_send_buf_size="4M" mcast_send_buf_size="4M"
      ucast_recv_buf_size="4M" mcast_recv_buf_size="4M"
    """
            .formatted(
                seat.address(seat.index()),
                seat.port() + seat.index(),
                seat.port() + 2 * seat.members())
        + common()
        + "<RED/>\n<PING/>\n";
  }

  private static String tcpTransport(Seat seat) {
    return """
    <TCP bind_addr="%s" bind_port="%d" port_range="0"
      tcp_nodelay="true"
      recv_buf_size="4M" send_buf_size="4M"
      buffered_input_stream_size="65536" buffered_output_stream_size="65536"
      sock_conn_timeout="300ms"
    """
            .formatted(seat.address(seat.index()), seat.port() + seat.index())
        + common()
        + "<RED/>\n<TCPPING async_discovery=\"true\" port_range=\"0\" initial_hosts=\""
        + IntStream.range(0, seat.members())
            .mapToObj(i -> seat.address(i) + "[" + (seat.port() + i) + "]")
            .collect(Collectors.joining(","))
        + "\"/>\n";
  }

  private static String failureDetection(boolean quick) {
    return quick
        ? """
        <MERGE3 min_interval="1s" max_interval="2s"/>
        <FD_SOCK2/>
        <FD_ALL3 timeout="1s" interval="200ms"/>
        <VERIFY_SUSPECT2 timeout="200ms"/>
        """
        : """
        <MERGE3 min_interval="10s" max_interval="30s"/>
        <FD_SOCK2/>
        <FD_ALL3/>
        <VERIFY_SUSPECT2 timeout="1.5s"/>
        """;
  }
}
