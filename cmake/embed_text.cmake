# SPDX-License-Identifier: Apache-2.0
# cmake -DINPUT=file -DOUTPUT=file.cpp -DHEADER=h -DNAMESPACE=a::b -DNAME=kText -P embed_text.cmake
file(READ ${INPUT} text)
if(text MATCHES "\\)lathe_text\"")
    message(FATAL_ERROR "${INPUT} holds the end mark of the raw string that it is to become")
endif()
# A raw string of any length: the compiler joins the pieces; the standard promises only 65 536 characters for one.
string(LENGTH "${text}" length)
set(pieces "")
set(at 0)
while(at LESS length)
    string(SUBSTRING "${text}" ${at} 16000 piece)
    string(APPEND pieces "R\"lathe_text(${piece})lathe_text\"\n")
    math(EXPR at "${at} + 16000")
endwhile()
if(pieces STREQUAL "")
    set(pieces "\"\"")
endif()
file(WRITE ${OUTPUT} "#include \"${HEADER}\"\n\nnamespace ${NAMESPACE} {\nconst std::string_view ${NAME} =\n${pieces};\n}\n")
