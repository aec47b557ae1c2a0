using System.Text;
using System.Text.RegularExpressions;

namespace MailProxy.Protocols.Tests.Fuzz;

/// <summary>RFC 3461 4.</summary>
internal static partial class XtextOracle
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Null: no xtext, or no UTF-8 within.</summary>
    public static string? Decode(string text)
    {
        if (!Whole().IsMatch(text))
        {
            return null;
        }

        var octets = Pair().Replace(text, pair => ((char)Convert.ToByte(pair.Value[1..], 16)).ToString());
        try
        {
            return Strict.GetString(Encoding.Latin1.GetBytes(octets));
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\A([!-*,-<>-~]|\+[0-9A-Fa-f]{2})*\z")]
    private static partial Regex Whole();

    [GeneratedRegex(@"\+[0-9A-Fa-f]{2}")]
    private static partial Regex Pair();
}
