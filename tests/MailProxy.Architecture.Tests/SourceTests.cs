using System.Text.RegularExpressions;
using Xunit;

namespace MailProxy.Architecture.Tests;

/// <summary>What every source file keeps to.</summary>
public sealed partial class SourceTests
{
    // Past it a file wants splitting.
    private const int MaxLines = 400;

    private static readonly IReadOnlyList<SourceFile> Code = Repository.Sources("src");
    private static readonly IReadOnlyList<SourceFile> Tests = Repository.Sources("tests");

    [Fact]
    public void No_file_is_longer_than_a_reader_can_bear() =>
        Offences.None(Code.Concat(Tests).Where(file => file.Lines.Count() > MaxLines + 1).Select(file => $"{file.RelativePath}: {file.Lines.Count() - 1} lines"));

    [Fact]
    public void Nothing_is_left_undone() => Offences.None(Code.SelectMany(file => file.Find(Undone())));

    [Fact]
    public void No_warning_is_silenced_in_the_code() => Offences.None(Code.Concat(Tests).SelectMany(file => file.Find(Silenced())));

    [Fact]
    public void No_exception_is_swallowed_without_a_word() => Offences.None(Code.Concat(Tests).SelectMany(file => file.Find(EmptyCatch())));

    [Fact]
    public void Nothing_is_async_void_and_nothing_blocks_on_a_task() =>
        Offences.None(Code.SelectMany(file => file.Find(AsyncVoid())));

    [Fact]
    public void No_test_sleeps_or_is_switched_off() =>
        Offences.None(Tests.Where(file => !file.RelativePath.Contains("MailProxy.Architecture.Tests", StringComparison.Ordinal)).SelectMany(file => file.Find(SleepsOrSkips())));

    [Fact]
    public void One_type_per_file_and_the_file_has_its_name()
    {
        // A test file of nothing but `class ATests() : ASuite(...);` is a list, and reads best as one.
        IEnumerable<string> wrong = Code.Concat(Tests.Where(file => file.HasBodies))
            .Where(file => file.TopLevelTypes.Count > 1 || (file.TopLevelTypes.Count == 1 && file.TopLevelTypes[0] != file.Stem))
            .Select(file => $"{file.RelativePath}: {string.Join(", ", file.TopLevelTypes)}");

        Offences.None(wrong);
    }

    [Fact]
    public void The_folder_is_the_namespace()
    {
        IEnumerable<string> wrong =
            from file in Code.Concat(Tests)
            let folder = string.Join('.', file.RelativePath.Split('/')[1..^1])
            where file.Namespace is not null && file.Namespace != folder
            select $"{file.RelativePath}: {file.Namespace}";

        Offences.None(wrong);
    }

    [Fact]
    public void The_rules_find_what_they_look_for()
    {
        Assert.Matches(Undone(), "throw new Not" + "ImplementedException();");
        Assert.Matches(Undone(), "// TO" + "DO: later");
        Assert.Matches(Silenced(), "#pragma warning " + "disable CA1000");
        Assert.Matches(EmptyCatch(), "catch (IOException)\n{\n}");
        Assert.Matches(EmptyCatch(), "catch { " + "}");
        Assert.Matches(EmptyCatch(), "catch (Exception e) when (e is IOException or X(1)) { " + "}");
        Assert.DoesNotMatch(EmptyCatch(), "catch (IOException)\n{\n    // The peer is gone, as it may be.\n}");
        Assert.Matches(AsyncVoid(), "private async " + "void Run()");
        Assert.Matches(SleepsOrSkips(), "await Task.Delay(100)");
        Assert.Matches(SleepsOrSkips(), "[Fact(Skip = \"later\")]");
    }

    [GeneratedRegex(@"\bNotImplementedException\b|\bTODO\b|\bFIXME\b|\bXXX\b|\bHACK\b")]
    private static partial Regex Undone();

    [GeneratedRegex(@"^\s*#pragma\s+warning\s+disable", RegexOptions.Multiline)]
    private static partial Regex Silenced();

    // With a comment inside it is not empty: that is where the reason stands.
    [GeneratedRegex(@"\bcatch\b\s*(?:\([^)]*\)\s*)?(?:when\s*\((?>[^()]+|\((?<open>)|\)(?<-open>))*(?(open)(?!))\)\s*)?\{\s*\}")]
    private static partial Regex EmptyCatch();

    [GeneratedRegex(@"\basync\s+void\b|\.GetAwaiter\(\)\.GetResult\(\)")]
    private static partial Regex AsyncVoid();

    [GeneratedRegex(@"\bThread\.Sleep\(|\bTask\.Delay\((?!Timeout\.Infinite)|\bSkip\s*=\s*""")]
    private static partial Regex SleepsOrSkips();
}
