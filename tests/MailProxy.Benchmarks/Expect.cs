using MailProxy.Protocols;

namespace MailProxy.Benchmarks;

/// <summary>A benchmark of a parser that refuses its input measures nothing.</summary>
internal static class Expect
{
    public static void Done(ReadStatus status) => That(status == ReadStatus.Done);

    public static void That(bool isSo)
    {
        if (!isSo)
        {
            throw new InvalidOperationException("The input was not read as it should be.");
        }
    }
}
