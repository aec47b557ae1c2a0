namespace MailProxy.Directory.Passwords;

/// <summary>Base64 with <c>.</c> for <c>+</c> and no padding, as passlib and OpenLDAP's pw-pbkdf2 write it.</summary>
internal static class AdaptedBase64
{
    public static string Encode(ReadOnlySpan<byte> octets) =>
        Convert.ToBase64String(octets).TrimEnd('=').Replace('+', '.');

    /// <returns>The octets, or null if it is none.</returns>
    public static byte[]? Decode(string text)
    {
        // Four characters carry three octets; one left over carries nothing.
        if (text.Length % 4 == 1 || text.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '/')))
        {
            return null;
        }

        string padded = text.Replace('.', '+').PadRight((text.Length + 3) / 4 * 4, '=');
        byte[] octets = new byte[padded.Length / 4 * 3];
        return Convert.TryFromBase64String(padded, octets, out int written) ? octets[..written] : null;
    }
}
