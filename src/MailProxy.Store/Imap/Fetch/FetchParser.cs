using System.Buffers;
using System.Buffers.Text;
using System.Text;
using MailProxy.Protocols.Imap;
using MailProxy.Store.Imap.Commands;
using MailProxy.Store.Mime;

namespace MailProxy.Store.Imap.Fetch;

/// <summary>
/// <c>fetch = sequence-set SP ("ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")") [SP "(CHANGEDSINCE" SP n ")"]</c>
/// (RFC 9051 9, RFC 7162 7). Sections are read by <see cref="SectionParser"/>.
/// </summary>
internal static class FetchParser
{
    // Items in one FETCH; Outlook asks for about ten.
    private const int ItemLimit = 100;

    private static readonly SearchValues<byte> NameOctets = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789."u8);

    private static readonly FetchItem Flags = new(FetchItemKind.Flags, "FLAGS");
    private static readonly FetchItem InternalDate = new(FetchItemKind.InternalDate, "INTERNALDATE");
    private static readonly FetchItem Size = new(FetchItemKind.Size, "RFC822.SIZE");
    private static readonly FetchItem Envelope = new(FetchItemKind.Envelope, "ENVELOPE");
    private static readonly FetchItem Body = new(FetchItemKind.Body, "BODY");

    /// <summary>UID, which UID FETCH always tells.</summary>
    public static FetchItem Uid { get; } = new(FetchItemKind.Uid, "UID");

    /// <summary>MODSEQ, which CHANGEDSINCE implies.</summary>
    public static FetchItem ModSeq { get; } = new(FetchItemKind.ModSeq, "MODSEQ");

    /// <summary>Reads the arguments of FETCH; null when they are none.</summary>
    public static FetchRequest? TryRead(ReadOnlySpan<byte> octets)
    {
        var arguments = new ImapArgumentReader(octets);
        if (!MessageSet.TryReadFirst(ref arguments, out var set) || !TryReadItems(ref arguments, out var items))
        {
            return null;
        }

        ulong? changedSince = null;
        if (!arguments.AtEnd && !(arguments.TryReadSpace() && TryReadChangedSince(ref arguments, out changedSince)))
        {
            return null;
        }

        return arguments.AtEnd ? new(set, items, changedSince) : null;
    }

    private static bool TryReadItems(ref ImapArgumentReader arguments, out List<FetchItem> items)
    {
        items = [];
        if (!arguments.TryRead((byte)'('))
        {
            return TryReadItem(ref arguments, items, mayBeMacro: true);
        }

        do
        {
            if (items.Count >= ItemLimit || !TryReadItem(ref arguments, items, mayBeMacro: false))
            {
                return false;
            }
        }
        while (arguments.TryReadSpace());
        return arguments.TryRead((byte)')');
    }

    private static bool TryReadItem(ref ImapArgumentReader arguments, List<FetchItem> items, bool mayBeMacro)
    {
        if (!arguments.TryReadWhile(NameOctets, out var octets))
        {
            return false;
        }

        var name = Encoding.ASCII.GetString(octets).ToUpperInvariant();
        if (arguments.IsNext((byte)'['))
        {
            var item = name is "BODY" or "BODY.PEEK" ? SectionParser.TryRead(ref arguments, isPeek: name == "BODY.PEEK") : null;
            items.Add(item!);
            return item is not null;
        }

        FetchItem[]? found = name switch
        {
            "ALL" when mayBeMacro => [Flags, InternalDate, Size, Envelope],
            "FAST" when mayBeMacro => [Flags, InternalDate, Size],
            "FULL" when mayBeMacro => [Flags, InternalDate, Size, Envelope, Body],
            "UID" => [Uid],
            "FLAGS" => [Flags],
            "INTERNALDATE" => [InternalDate],
            "RFC822.SIZE" => [Size],
            "MODSEQ" => [ModSeq],
            "ENVELOPE" => [Envelope],
            "BODY" => [Body],
            "BODYSTRUCTURE" => [new(FetchItemKind.BodyStructure, name)],
            "RFC822" => [new(FetchItemKind.Section, name) { SetsSeen = true }],
            "RFC822.HEADER" => [new(FetchItemKind.Section, name) { Section = SectionSpec.Header }],
            "RFC822.TEXT" => [new(FetchItemKind.Section, name) { Section = SectionSpec.Text, SetsSeen = true }],
            _ => null,
        };
        items.AddRange(found ?? []);
        return found is not null;
    }

    private static bool TryReadChangedSince(ref ImapArgumentReader arguments, out ulong? changedSince)
    {
        changedSince = null;
        if (!arguments.TryRead((byte)'(') || !arguments.TryReadAtom(out var word) || !Encoding.ASCII.GetString(word).Equals("CHANGEDSINCE", StringComparison.OrdinalIgnoreCase)
            || !arguments.TryReadSpace() || !arguments.TryReadWhile(ImapOctets.Digits, out var digits) || !Utf8Parser.TryParse(digits, out ulong value, out var used) || used != digits.Length)
        {
            return false;
        }

        changedSince = value;
        return arguments.TryRead((byte)')');
    }
}
