using System.Text.Unicode;

namespace MailProxy.Protocols.Sasl;

/// <summary>What the text parts of SASL messages may hold: UTF-8 without control characters, so that nothing of them can become a command, a header or a log line.</summary>
internal static class SaslText
{
    /// <summary>RFC 4616 2: names of up to 255 octets are to be supported; no store's user names are longer.</summary>
    public const int NameLimit = 255;

    /// <summary>True when the octets are UTF-8 of at most <paramref name="limit"/> octets, without C0, DEL and C1 controls. The empty text is one.</summary>
    public static bool IsText(ReadOnlySpan<byte> part, int limit)
    {
        if (part.Length > limit || part.ContainsAnyInRange((byte)0, (byte)0x1F) || part.Contains((byte)0x7F) || !Utf8.IsValid(part))
        {
            return false;
        }

        // C1 controls (U+0080 to U+009F) are C2 80 to C2 9F in UTF-8.
        for (var index = part.IndexOf((byte)0xC2); index >= 0 && index + 1 < part.Length;)
        {
            if (part[index + 1] < 0xA0)
            {
                return false;
            }

            var next = part[(index + 1)..].IndexOf((byte)0xC2);
            index = next < 0 ? -1 : index + 1 + next;
        }

        return true;
    }
}
