using System.Buffers.Text;
using System.Text;
using MailProxy.Protocols.Imap;
using MailProxy.Store.Engine;
using MailProxy.Store.Imap.Commands;
using MailProxy.Store.Imap.Session;

namespace MailProxy.Store.Imap.Search;

/// <summary>
/// <c>search = [SP "RETURN" SP "(" options ")"] [SP "CHARSET" SP charset] 1*(SP search-key)</c>, <c>search-key = flag / date / text / size / set
/// / "(" search-key *(SP search-key) ")" / "NOT" SP search-key / "OR" SP search-key SP search-key</c> (RFC 9051 9).
/// </summary>
/// <param name="selected">For the meaning of <c>*</c> in sets.</param>
internal sealed class SearchParser(SelectedMailbox selected)
{
    // Deeper than any client's rule editor; each level is a stack frame here and at the evaluation.
    private const int DepthLimit = 50;

    // Conditions in one SEARCH; the longest line holds no more that a person wrote.
    private const int KeyLimit = 2_000;

    private static readonly string[] Options = ["MIN", "MAX", "ALL", "COUNT"];

    private int _keys;
    private bool _usesModSeq;

    /// <summary>True when the charset named is none that is known here.</summary>
    public bool IsUnknownCharset { get; private set; }

    /// <summary>Reads the arguments of SEARCH; null when they are none.</summary>
    public SearchRequest? TryRead(ReadOnlySpan<byte> octets)
    {
        var arguments = new ImapArgumentReader(octets);
        if (!TryReadReturn(ref arguments, out var options) || !TryReadCharset(ref arguments) || ReadKeys(ref arguments, 0) is not { } key || !arguments.AtEnd)
        {
            return null;
        }

        return new(key, options, _usesModSeq);
    }

    private static bool TryReadReturn(ref ImapArgumentReader arguments, out List<string>? options)
    {
        options = null;
        if (!TryReadWord(ref arguments, "RETURN"))
        {
            return true;
        }

        options = [];
        if (!arguments.TryRead((byte)'('))
        {
            return false;
        }

        while (options.Count < Options.Length && arguments.TryReadAtom(out var atom))
        {
            options.Add(Encoding.ASCII.GetString(atom).ToUpperInvariant());
            if (!arguments.TryReadSpace())
            {
                break;
            }
        }

        // RFC 4731 3.1: RETURN () means RETURN (ALL).
        var isKnown = options.TrueForAll(Options.Contains);
        options = options.Count == 0 ? ["ALL"] : options;
        return isKnown && arguments.TryRead((byte)')') && arguments.TryReadSpace();
    }

    private bool TryReadCharset(ref ImapArgumentReader arguments)
    {
        if (!TryReadWord(ref arguments, "CHARSET"))
        {
            return true;
        }

        if (!arguments.TryReadAstring(out var charset) || !arguments.TryReadSpace())
        {
            return false;
        }

        IsUnknownCharset = Encoding.Latin1.GetString(charset).ToUpperInvariant() is not ("UTF-8" or "US-ASCII");
        return !IsUnknownCharset;
    }

    private SearchKey? ReadKeys(ref ImapArgumentReader arguments, int depth)
    {
        var keys = new List<SearchKey>();
        do
        {
            if (ReadKey(ref arguments, depth) is not { } key)
            {
                return null;
            }

            keys.Add(key);
        }
        while (arguments.TryReadSpace());
        return SearchKey.And(keys);
    }

    private SearchKey? ReadKey(ref ImapArgumentReader arguments, int depth)
    {
        if (depth > DepthLimit || ++_keys > KeyLimit)
        {
            return null;
        }

        if (arguments.TryRead((byte)'('))
        {
            var inner = ReadKeys(ref arguments, depth + 1);
            return arguments.TryRead((byte)')') ? inner : null;
        }

        if (ImapSequenceSet.TryRead(ref arguments, MessageSet.RangeLimit, out var set))
        {
            var numbers = selected.Resolve(set, byUid: false).Select(index => (uint)index + 1).ToHashSet();
            return SearchKey.OnEntry(target => numbers.Contains(target.SequenceNumber));
        }

        if (!arguments.TryReadAtom(out var atom))
        {
            return null;
        }

        var name = Encoding.ASCII.GetString(atom).ToUpperInvariant();
        return SearchFlagKeys.Find(name) ?? (name switch
        {
            "NOT" => arguments.TryReadSpace() && ReadKey(ref arguments, depth + 1) is { } key ? SearchKey.Not(key) : null,
            "OR" => arguments.TryReadSpace() && ReadKey(ref arguments, depth + 1) is { } one && arguments.TryReadSpace() && ReadKey(ref arguments, depth + 1) is { } other
                ? SearchKey.Or(one, other)
                : null,
            "UID" => ReadUids(ref arguments),
            "MODSEQ" => ReadModSeq(ref arguments),
            _ => ReadArgument(ref arguments, name),
        });
    }

    private SearchKey? ReadUids(ref ImapArgumentReader arguments)
    {
        if (!arguments.TryReadSpace() || !ImapSequenceSet.TryRead(ref arguments, MessageSet.RangeLimit, out var set))
        {
            return null;
        }

        var uids = selected.Resolve(set, byUid: true).Select(index => selected[index].Uid).ToHashSet();
        return SearchKey.OnEntry(target => uids.Contains(target.Entry.Uid));
    }

    // "MODSEQ" [SP entry-name SP entry-type] SP mod-sequence (RFC 7162 3.1.5); flags have no mod-sequence of their own here.
    private SearchKey? ReadModSeq(ref ImapArgumentReader arguments)
    {
        _usesModSeq = true;
        if (!arguments.TryReadSpace())
        {
            return null;
        }

        if (arguments.TryReadString(out _) && !(arguments.TryReadSpace() && arguments.TryReadAtom(out _) && arguments.TryReadSpace()))
        {
            return null;
        }

        return TryReadNumber(ref arguments, out var least) ? SearchKey.OnEntry(target => target.Entry.ModSeq >= least) : null;
    }

    private static SearchKey? ReadArgument(ref ImapArgumentReader arguments, string name)
    {
        if (!arguments.TryReadSpace())
        {
            return null;
        }

        switch (name)
        {
            case "LARGER":
                return TryReadNumber(ref arguments, out var floor) ? SearchKey.OnEntry(target => (ulong)target.Entry.Size > floor) : null;
            case "SMALLER":
                return TryReadNumber(ref arguments, out var ceiling) ? SearchKey.OnEntry(target => (ulong)target.Entry.Size < ceiling) : null;
            case "KEYWORD" or "UNKEYWORD":
                return arguments.TryReadAtom(out var keyword) ? SearchFlagKeys.Keyword(Encoding.ASCII.GetString(keyword), name == "KEYWORD") : null;
            case "BEFORE" or "ON" or "SINCE" or "SENTBEFORE" or "SENTON" or "SENTSINCE":
                return ImapDate.TryReadDate(ref arguments, out var date) ? SearchDateKeys.Of(name, date) : null;
            case "HEADER":
                return arguments.TryReadAstring(out var field) && arguments.TryReadSpace() && arguments.TryReadAstring(out var value)
                    ? SearchTextKeys.Header(Encoding.Latin1.GetString(field), Encoding.UTF8.GetString(value))
                    : null;
            default:
                return SearchTextKeys.IsOne(name) && arguments.TryReadAstring(out var text) ? SearchTextKeys.Of(name, Encoding.UTF8.GetString(text)) : null;
        }
    }

    private static bool TryReadNumber(ref ImapArgumentReader arguments, out ulong number)
    {
        number = 0;
        return arguments.TryReadWhile(ImapOctets.Digits, out var digits) && Utf8Parser.TryParse(digits, out number, out var used) && used == digits.Length;
    }

    // The word and the space behind it, or nothing.
    private static bool TryReadWord(ref ImapArgumentReader arguments, string word)
    {
        var ahead = arguments;
        if (!ahead.TryReadAtom(out var atom) || !Encoding.ASCII.GetString(atom).Equals(word, StringComparison.OrdinalIgnoreCase) || !ahead.TryReadSpace())
        {
            return false;
        }

        arguments = ahead;
        return true;
    }
}
