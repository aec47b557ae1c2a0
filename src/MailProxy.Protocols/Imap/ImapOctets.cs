using System.Buffers;

namespace MailProxy.Protocols.Imap;

/// <summary>The character classes of RFC 9051 9.</summary>
public static class ImapOctets
{
    private const string AtomCharacters = "!#$&'+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[^_`abcdefghijklmnopqrstuvwxyz|}~";

    /// <summary>ATOM-CHAR: any CHAR but <c>( ) {</c> SP CTL <c>% * " \ ]</c>.</summary>
    public static SearchValues<byte> Atom { get; } = Of(AtomCharacters);

    /// <summary>ASTRING-CHAR: ATOM-CHAR or <c>]</c>.</summary>
    public static SearchValues<byte> Astring { get; } = Of(AtomCharacters + "]");

    /// <summary>Of a tag: ASTRING-CHAR except <c>+</c>.</summary>
    public static SearchValues<byte> Tag { get; } = Of(AtomCharacters.Replace("+", "", StringComparison.Ordinal) + "]");

    /// <summary>list-char: ATOM-CHAR, <c>]</c> and the wildcards of LIST.</summary>
    public static SearchValues<byte> List { get; } = Of(AtomCharacters + "]%*");

    /// <summary>0 to 9.</summary>
    public static SearchValues<byte> Digits { get; } = Of("0123456789");

    private static SearchValues<byte> Of(string characters) => SearchValues.Create(characters.Select(c => (byte)c).ToArray());
}
