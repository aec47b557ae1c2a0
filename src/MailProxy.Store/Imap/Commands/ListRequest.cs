using System.Text;
using MailProxy.Protocols.Imap;

namespace MailProxy.Store.Imap.Commands;

/// <summary>LIST with its extensions (RFC 5258, RFC 5819, RFC 6154): <c>["(" selection ")" SP] reference SP (pattern / "(" patterns ")") [SP "RETURN" SP "(" options ")"]</c>.</summary>
internal sealed class ListRequest
{
    // Patterns in one command; clients send one, Apple Mail up to three.
    private const int PatternLimit = 20;

    // Options in one list; there are not more to choose from.
    private const int OptionLimit = 10;

    /// <summary>Reference joined with each pattern.</summary>
    public List<ListPattern> Patterns { get; } = [];

    /// <summary>True when the one pattern is empty: only the separator is asked for.</summary>
    public bool AsksForSeparator { get; private set; }

    /// <summary>Selection options, upper case.</summary>
    public HashSet<string> Select { get; } = [];

    /// <summary>Return options, upper case.</summary>
    public HashSet<string> Return { get; } = [];

    /// <summary>Items of RETURN (STATUS (...)).</summary>
    public List<string> StatusItems { get; private set; } = [];

    /// <summary>True for a LIST of RFC 3501, without extensions.</summary>
    public bool IsBasic => Select.Count == 0 && Return.Count == 0;

    /// <summary>Reads the arguments of LIST or LSUB; null when they are none.</summary>
    public static ListRequest? TryRead(ReadOnlySpan<byte> octets)
    {
        var request = new ListRequest();
        var arguments = new ImapArgumentReader(octets);
        if (arguments.IsNext((byte)'(') && !(request.TryReadOptions(ref arguments, request.Select, ["SUBSCRIBED", "REMOTE", "RECURSIVEMATCH", "SPECIAL-USE"]) && arguments.TryReadSpace()))
        {
            return null;
        }

        if (!arguments.TryReadAstring(out var reference) || !ImapModifiedUtf7.TryDecode(reference, out var prefix) || !arguments.TryReadSpace()
            || !request.TryReadPatterns(ref arguments, prefix))
        {
            return null;
        }

        return arguments.AtEnd || (request.TryReadReturn(ref arguments) && arguments.AtEnd) ? request : null;
    }

    private bool TryReadPatterns(ref ImapArgumentReader arguments, string prefix)
    {
        if (!arguments.TryRead((byte)'('))
        {
            return TryReadPattern(ref arguments, prefix);
        }

        do
        {
            if (Patterns.Count == PatternLimit || !TryReadPattern(ref arguments, prefix))
            {
                return false;
            }
        }
        while (arguments.TryReadSpace());
        return arguments.TryRead((byte)')');
    }

    private bool TryReadPattern(ref ImapArgumentReader arguments, string prefix)
    {
        if (!arguments.TryReadListMailbox(out var octets) || !ImapModifiedUtf7.TryDecode(octets, out var pattern))
        {
            return false;
        }

        AsksForSeparator = pattern.Length == 0 && Patterns.Count == 0;
        Patterns.Add(new(prefix + pattern));
        return true;
    }

    private bool TryReadReturn(ref ImapArgumentReader arguments) =>
        arguments.TryReadSpace() && arguments.TryReadAtom(out var word) && Encoding.ASCII.GetString(word).Equals("RETURN", StringComparison.OrdinalIgnoreCase)
        && arguments.TryReadSpace() && TryReadOptions(ref arguments, Return, ["SUBSCRIBED", "CHILDREN", "SPECIAL-USE", "STATUS"]);

    private bool TryReadOptions(ref ImapArgumentReader arguments, HashSet<string> options, string[] known)
    {
        if (!arguments.TryRead((byte)'('))
        {
            return false;
        }

        if (arguments.TryRead((byte)')'))
        {
            return true;
        }

        for (var count = 0; count < OptionLimit; count++)
        {
            if (!arguments.TryReadAtom(out var atom))
            {
                return false;
            }

            var option = Encoding.ASCII.GetString(atom).ToUpperInvariant();
            options.Add(option);
            if (!known.Contains(option) || (option == "STATUS" && !TryReadStatus(ref arguments)))
            {
                return false;
            }

            if (!arguments.TryReadSpace())
            {
                return arguments.TryRead((byte)')');
            }
        }

        return false;
    }

    private bool TryReadStatus(ref ImapArgumentReader arguments)
    {
        var isRead = arguments.TryReadSpace() & StatusCommand.TryReadItems(ref arguments, out var items);
        StatusItems = items;
        return isRead;
    }
}
