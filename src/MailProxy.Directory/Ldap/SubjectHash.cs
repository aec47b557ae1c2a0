using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MailProxy.Directory.Ldap;

/// <summary>
/// The name under which OpenSSL looks for a CA in a folder, as <c>openssl x509 -subject_hash</c> prints it: the first four octets of the SHA-1 of the subject's
/// canonical form (x509_name_canon in OpenSSL's crypto/x509/x_name.c: texts as UTF8String in lower case with single blanks, without the outer SEQUENCE).
/// </summary>
internal static class SubjectHash
{
    /// <summary>Eight hexadecimal digits.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "OpenSSL's choice; it finds a file, and protects nothing.")]
    public static string Of(X500DistinguishedName subject)
    {
        var canonical = new List<byte>();
        var names = new AsnReader(subject.RawData, AsnEncodingRules.DER).ReadSequence();
        while (names.HasData)
        {
            canonical.AddRange(Canonical(names.ReadSetOf()));
        }

        var digest = SHA1.HashData(canonical.ToArray());
        return BitConverter.ToUInt32(digest).ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static byte[] Canonical(AsnReader parts)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSetOf())
        {
            while (parts.HasData)
            {
                var part = parts.ReadSequence();
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(part.ReadObjectIdentifier());
                    Write(writer, part);
                }
            }
        }

        return writer.Encode();
    }

    private static void Write(AsnWriter writer, AsnReader part)
    {
        var tag = part.PeekTag();
        var isText = tag.TagClass == TagClass.Universal && (UniversalTagNumber)tag.TagValue is UniversalTagNumber.UTF8String or UniversalTagNumber.PrintableString
            or UniversalTagNumber.IA5String or UniversalTagNumber.T61String or UniversalTagNumber.BMPString or UniversalTagNumber.VisibleString;
        if (!isText)
        {
            writer.WriteEncodedValue(part.ReadEncodedValue().Span);
            return;
        }

        var words = part.ReadCharacterString((UniversalTagNumber)tag.TagValue).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var text = new StringBuilder(string.Join(' ', words));
        for (var at = 0; at < text.Length; at++)
        {
            // ASCII only: OpenSSL leaves other letters as they are.
            text[at] = char.IsAsciiLetterUpper(text[at]) ? (char)(text[at] | 0x20) : text[at];
        }

        writer.WriteCharacterString(UniversalTagNumber.UTF8String, text.ToString());
    }
}
