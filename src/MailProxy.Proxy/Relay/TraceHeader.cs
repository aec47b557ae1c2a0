using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MailProxy.Protocols.Smtp;

namespace MailProxy.Proxy.Relay;

/// <summary>The <c>Received:</c> field that we put before every message (RFC 5321 4.4). Everything in it was judged before: no octet of it can start a line.</summary>
internal static class TraceHeader
{
    /// <summary>Formats the field, CRLF included.</summary>
    /// <param name="helo">As the client called itself; judged to be a host name or address literal.</param>
    /// <param name="client">Its address; null in memory.</param>
    /// <param name="host">Ours.</param>
    /// <param name="with">RFC 3848 word.</param>
    /// <param name="id">Message id of our log.</param>
    /// <param name="at">Now.</param>
    /// <param name="user">Who logged in, where recipients may read it; null: it is not told.</param>
    public static byte[] Format(string helo, IPAddress? client, string host, string with, string id, DateTimeOffset at, string? user = null)
    {
        var address = client is null ? "" : $" ([{(client.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6:" : "")}{client}])";
        return Encoding.ASCII.GetBytes(
            $"Received: from {helo}{address}\r\n\t{Authenticated(user)}by {host} (MailProxy) with {with} id {id};\r\n\t{Rfc5322(at)}\r\n");
    }

    // A comment (RFC 5322 3.2.2): what could end it, or is no ASCII, is written as xtext.
    private static string Authenticated(string? user) =>
        user is null ? "" : $"(authenticated as {Xtext.Encode(user).Replace("(", "+28", StringComparison.Ordinal).Replace(")", "+29", StringComparison.Ordinal).Replace("\\", "+5C", StringComparison.Ordinal)})\r\n\t";

    // RFC 5322 3.3: "Tue, 24 Nov 2026 07:00:00 +0000".
    private static string Rfc5322(DateTimeOffset at) =>
        at.ToUniversalTime().ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture);
}
