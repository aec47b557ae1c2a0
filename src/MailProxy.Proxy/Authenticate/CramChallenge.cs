using System.Security.Cryptography;

namespace MailProxy.Proxy.Authenticate;

/// <summary>Challenges of CRAM-MD5 (RFC 2195 2) and greetings of APOP (RFC 1939 7): <c>&lt;unique@host&gt;</c>, an RFC 5322 msg-id.</summary>
internal static class CramChallenge
{
    // 128 bits: nobody meets the same twice, so no answer can be replayed.
    private const int Octets = 16;

    /// <summary>One that never was before.</summary>
    public static string Make(string hostName) => $"<{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Octets))}@{hostName}>";
}
