using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace MailProxy.Directory.Ldap;

// template    = an RFC 4515 filter in which a value may hold placeholders
// placeholder = "{user}" / "{local}" / "{domain}"

/// <summary>A search filter with places for a name. What is put there is escaped, whatever it is.</summary>
internal sealed class FilterTemplate
{
    /// <summary>OpenLDAP takes 4 MB in a request of a known client, Active Directory 10 MB; an operator's filter is a line.</summary>
    public const int MaxCharacters = 4096;

    private static readonly string[] Placeholders = ["{user}", "{local}", "{domain}"];
    private readonly string _text;

    private FilterTemplate(string text) => _text = text;

    /// <summary>True when the filter tells one user from another.</summary>
    public bool NamesUser => _text.Contains("{user}", StringComparison.Ordinal) || _text.Contains("{local}", StringComparison.Ordinal);

    /// <summary>True when the filter tells one domain from another.</summary>
    public bool NamesDomain => _text.Contains("{domain}", StringComparison.Ordinal);

    /// <summary>Judges a template. What the placeholders leave must be in balance; the server judges the rest.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out FilterTemplate? template, [NotNullWhen(false)] out string? error)
    {
        template = null;
        error = FindProblem(text);
        if (error is null)
        {
            template = new FilterTemplate(text);
        }

        return template is not null;
    }

    /// <summary>The filter for one name.</summary>
    /// <remarks>One pass from left to right: a name that reads "{domain}" is no placeholder.</remarks>
    public string For(LdapName name)
    {
        var filter = new StringBuilder(_text.Length + (3 * name.Text.Length));
        for (var at = 0; at < _text.Length;)
        {
            var placeholder = _text[at] == '{' ? Array.Find(Placeholders, one => string.CompareOrdinal(_text, at, one, 0, one.Length) == 0) : null;
            if (placeholder is null)
            {
                filter.Append(_text[at++]);
                continue;
            }

            FilterValue.Append(filter, placeholder switch { "{user}" => name.Text, "{local}" => name.Local, _ => name.Domain });
            at += placeholder.Length;
        }

        return filter.ToString();
    }

    private static string? FindProblem(string text)
    {
        if (text.Length > MaxCharacters)
        {
            return $"is longer than {MaxCharacters} characters";
        }

        if (!text.StartsWith('(') || !text.EndsWith(')'))
        {
            return "is not a filter in parentheses, like (mail={user})";
        }

        var depth = 0;
        for (var at = 0; at < text.Length; at++)
        {
            depth += text[at] switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth <= 0 && at < text.Length - 1)
            {
                return "has a parenthesis too many";
            }

            if (text[at] == '{' && !Array.Exists(Placeholders, one => string.CompareOrdinal(text, at, one, 0, one.Length) == 0))
            {
                return "has a placeholder that is none; there are {user}, {local} and {domain} (a brace itself is \\7b)";
            }
        }

        return depth == 0 ? null : "lacks a closing parenthesis";
    }
}
