using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace MailProxy.Proxy.Authenticate;

// GeneralName  ::= CHOICE { otherName [0] SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY }, rfc822Name [1] IA5String, ... }    RFC 5280 4.2.1.6

/// <summary>Reads the user's name from a certificate. Judged like any name that a client sends: a CA may have signed what the client asked it to.</summary>
internal static class CertificateUser
{
    private const string SubjectAlternativeName = "2.5.29.17";
    private const string CommonName = "2.5.4.3";
    private const string UserPrincipalName = "1.3.6.1.4.1.311.20.2.3";

    private static readonly Asn1Tag OtherName = new(TagClass.ContextSpecific, 0, isConstructed: true);
    private static readonly Asn1Tag Rfc822Name = new(TagClass.ContextSpecific, 1);

    /// <summary>The names that the rule finds, without repetitions. Empty: none, or one of them is no name.</summary>
    public static IReadOnlyList<string> NamesOf(X509Certificate2 certificate, CertificateNameRule rule)
    {
        try
        {
            var found = rule == CertificateNameRule.Cn ? CommonNamesOf(certificate.SubjectName) : AlternativeNamesOf(certificate, rule);
            var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var text in found)
            {
                if (!CredentialText.TryName(System.Text.Encoding.UTF8.GetBytes(text), out var name))
                {
                    return [];
                }

                names.Add(name);
            }

            return [.. names];
        }
        catch (Exception exception) when (exception is AsnContentException or System.Security.Cryptography.CryptographicException)
        {
            return [];
        }
    }

    private static IEnumerable<string> CommonNamesOf(X500DistinguishedName subject) => subject.EnumerateRelativeDistinguishedNames()
        .Where(part => !part.HasMultipleElements && part.GetSingleElementType().Value == CommonName)
        .Select(part => part.GetSingleElementValue() ?? "");

    private static List<string> AlternativeNamesOf(X509Certificate2 certificate, CertificateNameRule rule)
    {
        var names = new List<string>();
        foreach (var extension in certificate.Extensions.Where(extension => extension.Oid?.Value == SubjectAlternativeName))
        {
            var all = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
            while (all.HasData)
            {
                var tag = all.PeekTag();
                if (rule == CertificateNameRule.Email && tag.HasSameClassAndValue(Rfc822Name))
                {
                    names.Add(all.ReadCharacterString(UniversalTagNumber.IA5String, Rfc822Name));
                }
                else if (rule == CertificateNameRule.Upn && tag.HasSameClassAndValue(OtherName))
                {
                    var other = all.ReadSequence(OtherName);
                    if (other.ReadObjectIdentifier() == UserPrincipalName)
                    {
                        names.Add(other.ReadSequence(OtherName).ReadCharacterString(UniversalTagNumber.UTF8String));
                    }
                }
                else
                {
                    all.ReadEncodedValue();
                }
            }
        }

        return names;
    }
}
