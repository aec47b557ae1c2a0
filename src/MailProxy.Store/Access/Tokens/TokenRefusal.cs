namespace MailProxy.Store.Access.Tokens;

/// <summary>How a server refuses a token (RFC 7628 3.2.2): an error in JSON as a challenge, which the client answers by the octet 1, and only then the protocol's refusal.</summary>
internal static class TokenRefusal
{
    /// <summary><c>{"status":"invalid_token"}</c> in base64: why, is for our log.</summary>
    public const string Challenge = "eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=";

    /// <summary>True when the mechanism refuses so.</summary>
    /// <param name="mechanism">Upper case.</param>
    /// <param name="result">The verdict.</param>
    public static bool Applies(string mechanism, AccessResult result) => mechanism == StoreAccess.OAuthBearer && result.Outcome == AccessOutcome.Refused;
}
