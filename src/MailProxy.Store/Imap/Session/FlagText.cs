using System.Text;
using MailProxy.Protocols.Imap;
using MailProxy.Store.Engine;

namespace MailProxy.Store.Imap.Session;

/// <summary><c>flag-list = "(" [flag *(SP flag)] ")"</c>, <c>flag = "\" atom / atom</c> (RFC 9051 9).</summary>
internal static class FlagText
{
    // A keyword longer than this is none that a person or a client made (RFC 5788 registers none over 20).
    private const int KeywordLimit = 100;

    // Flags in one command; a message can have fewer.
    private const int CountLimit = 200;

    private static readonly (MessageFlags Flag, string Name)[] Names =
    [
        (MessageFlags.Answered, "\\Answered"), (MessageFlags.Flagged, "\\Flagged"), (MessageFlags.Deleted, "\\Deleted"),
        (MessageFlags.Seen, "\\Seen"), (MessageFlags.Draft, "\\Draft"),
    ];

    /// <summary>All system flags.</summary>
    public static string All { get; } = string.Join(' ', Names.Select(name => name.Name));

    /// <summary>The flags of a message without parentheses.</summary>
    public static string Format(MessageEntry message) => Format(message.Flags, message.Keywords);

    /// <summary>Flags without parentheses.</summary>
    public static string Format(MessageFlags flags, IEnumerable<string> keywords) =>
        string.Join(' ', Names.Where(name => flags.HasFlag(name.Flag)).Select(name => name.Name).Concat(keywords));

    /// <summary>Reads a parenthesized list.</summary>
    public static bool TryReadList(ref ImapArgumentReader reader, out MessageFlags flags, out List<string> keywords)
    {
        flags = MessageFlags.None;
        keywords = [];
        return reader.TryRead((byte)'(') && (reader.TryRead((byte)')') || (TryReadSome(ref reader, ref flags, keywords) && reader.TryRead((byte)')')));
    }

    /// <summary>Reads a list with or without parentheses, as STORE takes it.</summary>
    public static bool TryReadStoreFlags(ref ImapArgumentReader reader, out MessageFlags flags, out List<string> keywords)
    {
        if (reader.IsNext((byte)'('))
        {
            return TryReadList(ref reader, out flags, out keywords);
        }

        flags = MessageFlags.None;
        keywords = [];
        return TryReadSome(ref reader, ref flags, keywords);
    }

    private static bool TryReadSome(ref ImapArgumentReader reader, ref MessageFlags flags, List<string> keywords)
    {
        for (var count = 0; count < CountLimit; count++)
        {
            var isSystem = reader.TryRead((byte)'\\');
            if (!reader.TryReadAtom(out var octets) || octets.Length > KeywordLimit || !TryAdd(Encoding.ASCII.GetString(octets), isSystem, ref flags, keywords))
            {
                return false;
            }

            if (!reader.TryReadSpace())
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryAdd(string name, bool isSystem, ref MessageFlags flags, List<string> keywords)
    {
        if (!isSystem)
        {
            if (!keywords.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                keywords.Add(name);
            }

            return true;
        }

        var flag = Names.FirstOrDefault(known => known.Name.AsSpan(1).Equals(name, StringComparison.OrdinalIgnoreCase)).Flag;
        flags |= flag;

        // \Recent is ours to give, and we give none; clients send it back when they copy flags.
        return flag != MessageFlags.None || name.Equals("Recent", StringComparison.OrdinalIgnoreCase);
    }
}
