using System.Buffers;
using MailProxy.Protocols.Imap;

namespace MailProxy.Store.Imap.Session;

/// <summary>Mailbox names between the wire (modified UTF-7, RFC 3501 5.1.3) and the engine (UTF-8).</summary>
internal static class MailboxArgument
{
    /// <summary>Reads one name. INBOX in any case is INBOX.</summary>
    public static bool TryRead(ref ImapArgumentReader reader, out string name)
    {
        name = "";
        if (!reader.TryReadAstring(out var octets) || !ImapModifiedUtf7.TryDecode(octets, out name))
        {
            return false;
        }

        name = Canonical(name);
        return true;
    }

    /// <summary>Writes one name.</summary>
    public static void Write(IBufferWriter<byte> writer, string name) =>
        ImapStringWriter.WriteServerString(writer, System.Text.Encoding.ASCII.GetBytes(ImapModifiedUtf7.Encode(name)));

    /// <summary>INBOX in capitals, whatever was written; also as the first level of a name.</summary>
    public static string Canonical(string name)
    {
        const string Inbox = "INBOX";
        return name.StartsWith(Inbox, StringComparison.OrdinalIgnoreCase) && (name.Length == Inbox.Length || name[Inbox.Length] == '/')
            ? Inbox + name[Inbox.Length..]
            : name;
    }
}
