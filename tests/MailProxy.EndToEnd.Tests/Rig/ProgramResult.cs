using Xunit;

namespace MailProxy.EndToEnd.Tests.Rig;

/// <summary>How a program ended and what it said.</summary>
internal sealed record ProgramResult(string Name, int ExitCode, string Output, string Errors)
{
    /// <summary>Everything it said, for asserts' messages.</summary>
    public string All => $"{Name} ended with {ExitCode}\n{Output}\n{Errors}";

    /// <summary>It must have ended with this exit code.</summary>
    public ProgramResult Expect(int exitCode)
    {
        Assert.True(ExitCode == exitCode, All);
        return this;
    }
}
