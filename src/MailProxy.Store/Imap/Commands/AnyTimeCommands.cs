using System.Text;
using MailProxy.Protocols.Imap;
using MailProxy.Store.Imap.Session;

namespace MailProxy.Store.Imap.Commands;

/// <summary>CAPABILITY, NOOP, LOGOUT (RFC 9051 6.1), ID (RFC 2971) and ENABLE (RFC 5161).</summary>
internal static class AnyTimeCommands
{
    // RFC 2971 3.3: at most 30 pairs, values of at most 1,024 octets.
    private const int IdPairs = 30;
    private const int IdValueLimit = 1_024;

    public static ValueTask<ImapReply> CapabilityAsync(ImapSession session, ImapCommand command)
    {
        session.Wire.Write($"* CAPABILITY {session.Capabilities}\r\n");
        return ValueTask.FromResult(ImapReply.Ok("CAPABILITY completed."));
    }

    public static ValueTask<ImapReply> NoopAsync(ImapSession session, ImapCommand command) =>
        ValueTask.FromResult(ImapReply.Ok($"{command.Verb} completed."));

    public static ValueTask<ImapReply> LogoutAsync(ImapSession session, ImapCommand command)
    {
        session.Wire.Write("* BYE Logging out.\r\n");
        session.IsEnding = true;
        return ValueTask.FromResult(ImapReply.Ok("LOGOUT completed."));
    }

    public static ValueTask<ImapReply> IdAsync(ImapSession session, ImapCommand command)
    {
        var arguments = new ImapArgumentReader(command.Arguments.Span);
        if (!TryReadId(ref arguments, out var peerSession))
        {
            return ValueTask.FromResult(ImapReply.Bad("ID takes NIL or a list of names and values."));
        }

        session.PeerSession = peerSession ?? session.PeerSession;
        session.Wire.Write("* ID (\"name\" \"MailProxy Store\")\r\n");
        return ValueTask.FromResult(ImapReply.Ok("ID completed."));
    }

    public static ValueTask<ImapReply> EnableAsync(ImapSession session, ImapCommand command)
    {
        var names = Encoding.ASCII.GetString(command.Arguments.Span).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0)
        {
            return ValueTask.FromResult(ImapReply.Bad("ENABLE takes capabilities."));
        }

        // RFC 5161 3.1: what is not known, or cannot be enabled, is left out of the answer.
        var isCondstore = names.Contains("CONDSTORE", StringComparer.OrdinalIgnoreCase);
        session.IsCondstore |= isCondstore;
        session.Wire.Write(isCondstore ? "* ENABLED CONDSTORE\r\n" : "* ENABLED\r\n");
        return ValueTask.FromResult(ImapReply.Ok("ENABLE completed."));
    }

    private static bool TryReadId(ref ImapArgumentReader arguments, out string? peerSession)
    {
        peerSession = null;
        if (!arguments.TryRead((byte)'('))
        {
            return IsNil(ref arguments) && arguments.AtEnd;
        }

        for (var pair = 0; pair < IdPairs && !arguments.IsNext((byte)')'); pair++)
        {
            if ((pair > 0 && !arguments.TryReadSpace()) || !arguments.TryReadString(out var name) || !arguments.TryReadSpace())
            {
                return false;
            }

            if (!arguments.TryReadString(out var value) && !IsNil(ref arguments))
            {
                return false;
            }

            if (value.Length <= IdValueLimit && Encoding.Latin1.GetString(name).Equals("x-session-id", StringComparison.OrdinalIgnoreCase))
            {
                peerSession = string.Concat(Encoding.UTF8.GetString(value).Where(c => !char.IsControl(c)));
            }
        }

        return arguments.TryRead((byte)')') && arguments.AtEnd;
    }

    private static bool IsNil(ref ImapArgumentReader arguments) =>
        arguments.TryReadAtom(out var atom) && Encoding.ASCII.GetString(atom).Equals("NIL", StringComparison.OrdinalIgnoreCase);
}
