namespace MailProxy.Store.Imap.Commands;

/// <summary>A LIST pattern: <c>*</c> stands for anything, <c>%</c> for anything within one level (RFC 9051 6.3.9).</summary>
/// <param name="pattern">Reference and pattern joined, UTF-8 decoded.</param>
internal sealed class ListPattern(string pattern)
{
    private readonly string _pattern = Session.MailboxArgument.Canonical(pattern);

    /// <summary>True when it names the whole mailbox name. Time grows with the product of the lengths, whatever the pattern.</summary>
    public bool Matches(string name)
    {
        // reach[i]: the pattern so far can end before name[i].
        var reach = new bool[name.Length + 1];
        reach[0] = true;
        foreach (var c in _pattern)
        {
            Step(c, name, reach);
        }

        return reach[name.Length];
    }

    private static void Step(char c, string name, bool[] reach)
    {
        if (c is '*' or '%')
        {
            for (var i = 0; i < name.Length; i++)
            {
                reach[i + 1] |= reach[i] && (c == '*' || name[i] != '/');
            }

            return;
        }

        for (var i = name.Length; i > 0; i--)
        {
            reach[i] = reach[i - 1] && name[i - 1] == c;
        }

        reach[0] = false;
    }
}
