namespace MailProxy.EndToEnd.Tests.Moves.Chaos;

/// <summary>A connection ended.</summary>
/// <param name="isTorn">Within a line or a literal.</param>
/// <param name="isReset">By a reset, which may take octets along that were on their way.</param>
/// <param name="text">What was read of the last line.</param>
internal sealed class ChaosCutException(bool isTorn, bool isReset, string text)
    : Exception($"cut{(isTorn ? " within a line or literal" : "")}{(isReset ? " by a reset" : "")}: '{text}'")
{
    /// <summary>Within a line or a literal.</summary>
    public bool IsTorn => isTorn;

    /// <summary>By a reset.</summary>
    public bool IsReset => isReset;
}
