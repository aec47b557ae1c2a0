using Xunit;

namespace MailProxy.Architecture.Tests;

/// <summary>Asserts that a rule has no offender, and names every one if it has.</summary>
internal static class Offences
{
    public static void None(IEnumerable<string> found)
    {
        string[] offences = [.. found];
        Assert.True(offences.Length == 0, string.Join(Environment.NewLine, offences));
    }
}
