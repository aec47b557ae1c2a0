using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MailProxy.Directory.HttpAuth;

/// <summary>Names in certificates as nginx writes them: RFC 2253, most specific part first, no spaces behind the commas.</summary>
internal static class DistinguishedName
{
    private const string Special = ",+\"\\<>;";

    /// <summary>The text of a name.</summary>
    public static string Of(X500DistinguishedName name)
    {
        var parts = new List<string>();
        foreach (var part in name.EnumerateRelativeDistinguishedNames(reversed: true))
        {
            // Parts of several attributes are rare enough to be left as the framework writes them.
            parts.Add(part.HasMultipleElements
                ? name.Name
                : $"{part.GetSingleElementType().FriendlyName ?? part.GetSingleElementType().Value}={Escape(part.GetSingleElementValue() ?? "")}");
        }

        return string.Join(',', parts);
    }

    private static string Escape(string value)
    {
        var text = new StringBuilder(value.Length);
        for (var index = 0; index < value.Length; index++)
        {
            var character = value[index];
            var isAtEdge = (index == 0 && character is ' ' or '#') || (index == value.Length - 1 && character == ' ');
            if (Special.Contains(character, StringComparison.Ordinal) || isAtEdge)
            {
                text.Append('\\');
            }

            text.Append(character);
        }

        return text.ToString();
    }
}
